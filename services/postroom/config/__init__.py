"""main.cf and master.cf: grammar, expansion, the declared parameters, what is wrong with a file.

Read by the generator, by ``postconf`` and by ``postroom``; never by a service, which gets its own
settings ready made (systemd/credentials). The way of a value::

    file ─▶ logical_lines ─▶ main_cf, master_cf ─▶ expansion ─▶ kinds ─▶ settings
                                                      ▲            ▲
                                       host (facts) ──┴ parameters ┘

STANDARDS  postconf(5) and master(5), as of Postfix 3.12.

BUGS       Defaults that name this host's networks (``mynetworks``) are as true as the moment they
           are computed; a machine whose addresses appear after boot should name them in main.cf.
"""
