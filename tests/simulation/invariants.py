"""Every invariant that the simulation checks, by the name that a violation goes by."""

INVARIANTS = {
    "I1": "Nothing is doubled: one order under one tag, one plan for one intent, one leg that trades.",
    "I2": "Nothing is lost: each primary order has a copy in each account, or the reason why not.",
    "I3": "Every quantity is the exact rule.",
    "I4": "What is shown is what the broker has.",
    "I5": "No order leaves before its intent is durable.",
    "I6": "No account sends faster than it may, across restarts too.",
    "I8": "Everything is settled 90 seconds after the faults stop.",
    "I9": "What rests is as its primary order is, and ends when that ends.",
    "I12": "Copies of one account and instrument leave in the order in which they were planned.",
    "I13": "What was taken for refused has no order.",
    "I14": "A dead token or a blocked account sends nothing.",
    "I15": "States only go forward.",
    "I16": "Who listens is told of each transition, in order and once.",
    "I17": "Positions are the sum of the copies' fills.",
    "I18": "No account waits for another.",
    "rule 10": "What is too old, or came up while nobody looked, is not copied by itself.",
    "rule 14": "An exit leaves as soon as nothing but its own account's looks and pace stands before it.",
    "rule 16": "What is not to be copied is not, and what is copied says the same as its primary order.",
    "double": "Two orders under one tag are told of.",
    "exit": "An exit leaves with all that is held, no more, and nothing meant for entries stops it.",
    "look": "Nothing is sent after a start, again, or as a retry without a look begun since.",
    "stop": "Nothing leaves after a stop was answered, but what is cancelled or squared off since.",
    "operator": "What the operator skipped or cancelled sends nothing more, and does not rest.",
    "command": "A command is carried out once, and a retry only of what the screen showed.",
    "day": "Nothing of yesterday is acted upon; what it left open is closed as it is known, and told.",
    "health": "Nothing breaks inside: no unhandled error, no engine that ends by itself.",
}

WITHOUT_A_BUG_OF_ITS_OWN: dict[str, str] = {}
"""Invariants that no bug can trip alone, and why."""
