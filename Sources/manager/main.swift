print("manager")
