// Multiprocessing
