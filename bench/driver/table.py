"""Figures -> rows with their goals, as a table and as JSON."""

from statistics import median

MIB = 1024 * 1024


class Row:
    """`ours` against `theirs` (HAProxy): met when ours <= goal x theirs, or ours <= goal where the goal is absolute."""

    def __init__(self, name, unit, ours, theirs=None, goal=None, relative=True, others=None, spread=None):
        self.name, self.unit, self.ours, self.theirs, self.goal, self.relative = name, unit, ours, theirs, goal, relative
        self.others, self.spread = others or {}, spread

    @property
    def ratio(self):
        return self.ours / self.theirs if self.theirs and self.theirs > 0 and self.ours > 0 else None

    @property
    def met(self):
        if self.goal is None:
            return None
        if not self.relative:
            return self.ours <= self.goal
        if self.theirs <= 0:  # an added latency below the noise of this machine says nothing
            return None
        return self.ours <= self.goal * self.theirs

    def json(self):
        return {"figure": self.name, "unit": self.unit, "gateway": self.ours, "haproxy": self.theirs, "ratio": self.ratio, "goal": self.goal,
                "goal_is": "ratio" if self.relative else "absolute", "met": self.met, "spread": self.spread, **self.others}


def traffic_rows(samples):
    """samples: target -> figure -> values of the repeats."""
    def middle(target, figure):
        return median(samples[target][figure])

    def row(name, unit, figure, goal):
        ours = samples["gateway"][figure]
        return Row(name, unit, median(ours), middle("haproxy", figure), goal, others={"nginx": middle("nginx", figure)}, spread=[min(ours), max(ours)])

    rows = [row("CPU per chat request", "us", "cpu chat", 1.25),
            row("CPU per burst of 200 events", "us", "cpu burst", 1.25),
            row("CPU per paced event, 200 streams", "us", "cpu paced event", 1.2),
            row("CPU per chat request of 64 KiB", "us", "cpu 64 KiB body", 1.25)]
    for quantile, goal in (("p50", 1.25), ("p99", 1.5)):
        for connections in (1, 16, 64):
            figure = f"latency {quantile} c={connections}"
            def added(target):
                return [value - direct for value, direct in zip(samples[target][figure], samples["direct"][figure])]
            ours = added("gateway")
            rows.append(Row(f"added latency c={connections} {quantile}", "us", median(ours), median(added("haproxy")), goal,
                            others={"nginx": median(added("nginx")), "direct": middle("direct", figure)}, spread=[min(ours), max(ours)]))
    rows.append(row("delay of a paced event, p50", "us", "event delay p50", None))
    rows.append(Row("content held back, one stream", "events", max(samples["gateway"]["held back alone"]), max(samples["haproxy"]["held back alone"]), 0, relative=False))
    rows.append(Row("content held back, 200 streams", "events", middle("gateway", "held back"), middle("haproxy", "held back"), None))
    return rows


def memory_rows(memory):
    return [Row("resident, idle", "MiB", memory["idle"][0] / MIB, memory["idle"][1] / MIB, 15, relative=False),
            Row("resident per idle stream", "KiB", memory["stream"][0] / 1024, memory["stream"][1] / 1024, 16, relative=False),
            Row("more per TLS leg", "KiB", memory["tls leg"][0] / 1024, None, 48, relative=False)]


def text(rows):
    def number(value):
        return "" if value is None else f"{value:.1f}" if value < 1000 else f"{value:,.0f}"

    lines = [f"{'figure':34} {'gateway':>9} {'HAProxy':>9} {'nginx':>9} {'unit':<7}{'ratio':>6}  {'goal':<10}",
             "-" * 96]
    for row in rows:
        goal = "" if row.goal is None else f"<= {row.goal:g}" + ("x" if row.relative else "")
        verdict = "" if row.goal is None else "in the noise" if row.met is None else "met" if row.met else "MISSED"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"{row.name:34} {number(row.ours):>9} {number(row.theirs):>9} {number(row.others.get('nginx')):>9} {row.unit:<7}{ratio:>6}  {goal:<10} {verdict}")
    return "\n".join(lines)
