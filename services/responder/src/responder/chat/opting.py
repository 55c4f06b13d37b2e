"""Does the patient say no to proactive messages, yes to them again, or yes to our offer?"""

from responder.answerer.opting import agrees, confirmation, opting

__all__ = ["agrees", "confirmation", "opting"]
