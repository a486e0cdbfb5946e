"""What is kept and taken away: the trade log's rows, its consumer, exports.

Not here: who keeps them (adapters), and anything that the order path would wait for.
"""
