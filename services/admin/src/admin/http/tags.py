"""What are the groups of routes about?"""

TAGS = {
    "about": "This API, and who the caller is to it.",
    "access": "Tokens: who may, and as what.",
    "bot": "The bot of a whole instance or clinic: paused and resumed.",
    "broadcasts": "A template to many people, at a pace.",
    "contacts": "What is written down about a contact.",
    "conversations": "Chats with patients: read, taken over, given back, answered.",
    "dead letters": "What could not be handled: read, mended, replayed, discarded.",
    "deadletters": "What could not be handled: read, mended, replayed, discarded.",
    "doctor": "What is wrong with this installation, and how to mend it.",
    "instances": "Connected numbers: state, QR code, webhook, limits.",
    "knowledge": "The clinic's texts, and what a question finds in them.",
    "messages": "The clinic's own messages: sent, scheduled, cancelled; the story of each.",
    "overview": "How everything stands, what happens now, and who did what.",
    "privacy": "A person's data: exported, erased.",
    "settings": "What is set.",
    "streams": "The streams' health, and operations on them. They lose and double nothing.",
    "templates": "The clinic's templates, and what they come to.",
    "views": "What is folded from the log: rebuilt.",
}
