"""What is said in a chat, and who answers there: the bot, or one of us?"""
