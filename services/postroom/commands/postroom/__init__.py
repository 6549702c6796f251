"""postroom(8): judge the configuration and put it into effect; start, stop, flush.

``postroom [-c DIRECTORY] check | explain | import | reload | restart | setup | start | stop |
abort | status | flush``

check   says what is wrong in main.cf and master.cf; exits 1 if that is more than warnings.
explain says what would become of a message.
import  takes over the main.cf, master.cf and tables of a Postfix.
reload  checks, and only then changes what runs: all of it, or nothing. Listeners whose address
        did not change stay open, sessions under way end in peace.
restart the same, and has every running service come back, as after an upgrade.
start   as reload, and starts postroom.target. stop stops it; programs can still submit mail.
abort   the same, without waiting for sessions and deliveries under way.
status  says whether the mail system runs, and what of it failed; exits 1 if it does not run.
flush   tries all deferred mail now.
setup   shares the machine with another mail system, or takes its place.

FILES   .generated below the configuration's directory: the units last put into effect. The
        generator emits them instead of its own while the configuration is in error.
SECURITY needs the superuser for reload, start and stop. Runs the generator as a program of its
        own, and systemctl; no shell.
"""
