"""What do the clinic's templates say, with their variables filled in?"""
