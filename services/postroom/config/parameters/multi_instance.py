"""Parameters of several mail systems on one machine (MULTI_INSTANCE_README)."""

from postroom.config.parameter import Acts, Parameter, text, words, yes_no

PARAMETERS: tuple[Parameter, ...] = (
    words(
        "multi_instance_directories",
        "",
        Acts("Where the further instances are configured: /etc/postroom-NAME."),
    ),
    yes_no(
        "multi_instance_enable",
        "no",
        Acts("Whether this further instance starts with the machine, and with postmulti."),
    ),
    text("multi_instance_group", "", Acts("A group of instances that postmulti -g asks.")),
    text("multi_instance_name", "", Acts("The name of this instance for postmulti and the log.")),
    text(
        "multi_instance_wrapper",
        "",
        Acts("The command by which postfix asks all instances: ${command_directory}/postmulti -p."),
    ),
    words(
        "postmulti_control_commands",
        "reload flush",
        Acts("Commands of postfix that postmulti gives to instances that are enabled."),
    ),
    words(
        "postmulti_start_commands",
        "start",
        Acts("Commands of postfix that postmulti gives to enabled instances, and check to others."),
    ),
    words(
        "postmulti_stop_commands",
        "stop abort drain quick-stop",
        Acts("Commands of postfix that postmulti gives to enabled instances, the last one first."),
    ),
)
