"""The parameters of main.cf that pipe reads, and its line in master.cf."""

from postroom.delivery.agent_settings import WorkerSettings


class Settings(WorkerSettings, frozen=True, kw_only=True):
    allow_min_user: bool
    arguments: tuple[str, ...]
    export_environment: tuple[str, ...]
    owner_request_special: bool
    pipe_delivery_status_filter: tuple[str, ...]
    recipient_delimiter: str
    service_name: str
    time_limit: float
