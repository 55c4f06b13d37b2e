"""Does the patient say no to proactive messages, yes to them again, or yes to our offer?"""

from responder.answerer.opting import agrees, confirmation, opting, opting_among

__all__ = ["agrees", "confirmation", "opting", "opting_among"]
