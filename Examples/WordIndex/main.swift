print("word index")
