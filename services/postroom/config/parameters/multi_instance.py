"""Parameters of several mail systems on one machine."""

from postroom.config.parameter import Accepted, Parameter, text, words, yes_no

LATER = Accepted("There is one instance a machine.")

PARAMETERS: tuple[Parameter, ...] = (
    words("multi_instance_directories", "", LATER),
    yes_no("multi_instance_enable", "no", LATER),
    text("multi_instance_group", "", LATER),
    text("multi_instance_name", "", Accepted("It is read by the default of syslog_name.")),
    text("multi_instance_wrapper", "", LATER),
    words("postmulti_control_commands", "reload flush", LATER),
    words("postmulti_start_commands", "start", LATER),
    words("postmulti_stop_commands", "stop abort drain quick-stop", LATER),
)
