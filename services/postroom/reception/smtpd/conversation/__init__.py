"""What is said in one session. Every event goes through ``dialogue``; an ``encounter`` is what its
parts share: how it begins (``opening``, behind a proxy ``proxied``), what commands are answered
(``answers``), what of a client is borne (``patience``) and what is not (``strictness``), and how it
ends without QUIT (``ending``). ``transcript`` and ``debugging`` only listen.
"""
