"""postmulti(1): Postfix's command for several mail systems on one machine (MULTI_INSTANCE_README).

| ``postmulti -l [-aR] [-g GROUP] [-i NAME]`` | list instances |
| ``postmulti -p [-a] [-g GROUP] [-i NAME] COMMAND`` | postfix(1) for each of them |
| ``postmulti -x [-aR] [-g GROUP] [-i NAME] COMMAND`` | any command for each of them |
| ``postmulti -e init`` | have ``postfix`` mean all of them |
| ``postmulti -e create|import [-I NAME] [-G GROUP] [config_directory=…] [queue_directory=…]`` | |
| ``postmulti -e destroy|deport|enable|disable -i NAME`` | |
| ``postmulti -e assign -i NAME [-I NAME] [-G GROUP]`` | |

The first instance is configured in /etc/postroom, a further one in /etc/postroom-NAME, and
multi_instance_directories of the first has their list. postroom(8), postfix(1), sendmail(1) and
the commands for the queue take the directory as -c, -C or MAIL_CONFIG.

ENVIRONMENT  of a command behind -x: MAIL_CONFIG, and command_directory, daemon_directory,
config_directory, queue_directory, data_directory, multi_instance_name, multi_instance_group and
multi_instance_enable as each instance has them.
"""

from postroom.commands.postmulti.command import main

__all__ = ["main"]
