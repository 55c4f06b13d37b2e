"""How do people see and steer the streams?"""
