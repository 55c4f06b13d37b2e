"""How does one template reach a list of people, each once, at a pace that leaves room for everybody else?"""
