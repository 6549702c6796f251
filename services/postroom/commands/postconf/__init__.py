"""postconf(1): show and change main.cf and master.cf.

::

    postconf [-dfhHjnopqvx] [-c directory] [-C class,...] [parameter ...]
    postconf [-e] [-c directory] parameter=value ...
    postconf -# | -X [-c directory] parameter ...
    postconf -M [-fjoqx] [service[/type] ...]           postconf -M# | -MX service/type ...
    postconf -Me service/type=line ...
    postconf -F [-fhHjoqx] [service[/type[/field]] ...] postconf -Fe service/type/field=value ...
    postconf -P [-fhHjoqx] [service[/type[/name]] ...]  postconf -Pe service/type/name=value ...
                                                        postconf -PX service/type/name ...
    postconf -b [template_file]                         postconf -t [template_file]
    postconf -T compile-version | run-version | public-key-algorithms
    postconf -a | -A | -l | -m

What is shown is Postfix's, byte for byte, for the same files. A name that nobody knows is
warned about, with the name that was probably meant. -b shows the templates of reports as
bounce(8) sends them, -t as they are written: those of the file, of bounce_template_file, or
(with an empty name) the built-in ones. -j prints an object of JSON a line: name and value; the
fields of a service; service, type, field (or parameter) and value.

SECURITY  A file is changed aside, synced and renamed into place; mode, owner, comments and order
          are kept.

FILES     main.cf and master.cf in /etc/postroom, in $MAIL_CONFIG, or where -c says.

BUGS      Our own templates of reports have other words than Postfix's. A changed service keeps its
          place before the comments of the next one, and its braces, where Postfix moves the one and
          loses the other. -j came with Postfix 3.11, which it was not compared with.
"""

from postroom.commands.postconf.command import main

__all__ = ["main"]
