"""What crosses a socket: one module per socket, with its callers, questions and answers.

A question names its answer in its type: ``class Enqueue(Question[Stored | Refused])``.
"""
