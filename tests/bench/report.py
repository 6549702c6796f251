"""Medians, and the ratios that count: faster is more than 1."""

from collections import defaultdict
from statistics import median

from bench.work import Cell, Result

Results = dict[Cell, dict[str, list[Result]]]


def table(results: Results) -> str:
    """A row per cell, as a Markdown table."""
    lines = [
        "| task | size | connections | Postfix msg/s | Postroom msg/s | ratio |"
        " Postfix CPU ms | Postroom CPU ms | ratio | Postfix MB | Postroom MB |",
        "|---" * 11 + "|",
    ]
    for cell, by_mailer in results.items():
        postfix, postroom = by_mailer["postfix"], by_mailer["postroom"]
        rates = [median(cell.messages / r.seconds for r in each) for each in (postfix, postroom)]
        costs = [median(cpu_ms(cell, r) for r in each) for each in (postfix, postroom)]
        memory = [median(r.megabytes for r in each) for each in (postfix, postroom)]
        lines.append(
            f"| {cell.task} | {size(cell.size)} | {cell.connections}"
            f" | {rates[0]:.0f} | {rates[1]:.0f} | **{rates[1] / rates[0]:.2f}**"
            f" | {costs[0]:.2f} | {costs[1]:.2f} | {costs[1] / costs[0]:.2f}"
            f" | {memory[0]:.0f} | {memory[1]:.0f} |"
        )
    return "\n".join(lines)


def components(results: Results) -> str:
    """CPU milliseconds per message by component, over all cells of the smallest size."""
    lines = []
    smallest = min(cell.size for cell in results)
    for task in dict.fromkeys(cell.task for cell in results):
        for mailer in ("postfix", "postroom"):
            cost: dict[str, list[float]] = defaultdict(list)
            for cell, by_mailer in results.items():
                if cell.task == task and cell.size == smallest:
                    for result in by_mailer[mailer]:
                        for name, seconds in result.cpu.items():
                            cost[name].append(1000 * seconds / cell.messages)
            shares = sorted(((median(ms), name) for name, ms in cost.items()), reverse=True)
            told = ", ".join(f"{name} {ms:.2f}" for ms, name in shares if ms >= 0.005)
            lines.append(f"- {task}, {mailer}: {told}")
    return "\n".join(lines)


def cpu_ms(cell: Cell, result: Result) -> float:
    return 1000 * sum(result.cpu.values()) / cell.messages


def size(octets: int) -> str:
    return f"{octets // 1024} KB" if octets < 1024**2 else f"{octets // 1024**2} MB"
