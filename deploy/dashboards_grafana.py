"""Turn a ``Board`` into Grafana's JSON, with the types that Grafana itself publishes."""

import json
from collections.abc import Iterator
from typing import Any, Final

from grafana_foundation_sdk.builders import bargauge, common, heatmap, prometheus, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.builders import table as tables
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import heatmap as heats
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from deploy.dashboards_panels import Board, Choice, Panel, Query, Row, Shape

SOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${source}")
WIDTH: Final = 24
TAG: Final = "msa"
OLDER: Final = 39
"""The schema of Grafana 10 and 11, which newer ones take over by themselves."""


def document(board: Board, runbooks: str) -> str:
    """Return the dashboard as JSON. ``runbooks``: the address under which the runbook's pages are read."""
    made = (
        dashboards.Dashboard(board.title)
        .uid(f"msa-{board.name}")
        .description(board.says)
        .tags([TAG])
        .timezone("browser")
        .time("now-6h", "now")
        .refresh("10s")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .link(_others())
    )
    made = made.with_variable(_source()).with_variable(_runbooks(runbooks))
    for choice in board.choices:
        made = made.with_variable(_choice(choice))
    built = made.build()
    built.panels = list(_placed(board.rows))
    built.schema_version = OLDER
    return json.dumps(built, cls=JSONEncoder, indent=1, sort_keys=True) + "\n"


def _placed(rows: tuple[Row, ...]) -> Iterator[Any]:
    """Lay panels out from left to right; a new line where one does not fit."""
    identity, top = 0, 0
    for row in rows:
        identity += 1
        head = dashboards.Row(row.question).id(identity).build()
        head.grid_pos = models.GridPos(h=1, w=WIDTH, x=0, y=top)
        yield head
        top, left, tall = top + 1, 0, 0
        for panel in row.panels:
            identity += 1
            if left + panel.width > WIDTH:
                top, left, tall = top + tall, 0, 0
            built = _panel(panel).id(identity).build()
            built.grid_pos = models.GridPos(h=panel.height, w=panel.width, x=left, y=top)
            yield built
            left, tall = left + panel.width, max(tall, panel.height)
        top += tall


def _panel(panel: Panel) -> Any:
    made = _SHAPES[panel.shape](panel)
    made = made.title(panel.title).description(_description(panel)).datasource(SOURCE).unit(panel.unit)
    made = made.no_value(panel.nothing).min(0).thresholds(_thresholds(panel))
    if panel.most is not None:
        made = made.max(panel.most)
    if panel.words:
        shown = {
            str(value): models.ValueMappingResult(text=text, color=color)
            for value, (text, color) in panel.words.items()
        }
        made = made.mappings([models.ValueMap(options=shown)])
    if panel.runbook:
        made = made.links([dashboards.DashboardLink("What to do").url(_page(panel)).target_blank(True)])
    for letter, query in zip("ABCDEFGH", panel.queries, strict=False):
        made = made.with_target(_target(panel, query).ref_id(letter))
    return made


def _description(panel: Panel) -> str:
    return f"{panel.says}\n\n[What to do]({_page(panel)})" if panel.runbook else panel.says


def _page(panel: Panel) -> str:
    return f"${{runbooks}}/{panel.runbook}.md"


def _target(panel: Panel, query: Query) -> Any:
    made = prometheus.Dataquery().expr(query.expr).legend_format(query.legend or "__auto").datasource(SOURCE)
    if panel.shape is Shape.TABLE:
        return made.instant().format(PromQueryFormat.TABLE)
    if panel.shape is Shape.HEAT:
        made = made.format(PromQueryFormat.HEATMAP)
    return made.range().exemplar(query.exemplars)


def _thresholds(panel: Panel) -> Any:
    steps = [models.Threshold(value=None, color=panel.below)]
    steps += [models.Threshold(value=value, color=color) for value, color in panel.limits]
    return dashboards.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def _newest() -> Any:
    return common.ReduceDataOptions().calcs(["lastNotNull"])


def _by_threshold() -> Any:
    return dashboards.FieldColor().mode(models.FieldColorModeId.THRESHOLDS)


def _number(_panel: Panel) -> Any:
    made = stat.Panel().reduce_options(_newest()).color_scheme(_by_threshold())
    return made.color_mode(looks.BigValueColorMode.BACKGROUND).graph_mode(looks.BigValueGraphMode.AREA)


def _bars(_panel: Panel) -> Any:
    made = bargauge.Panel().reduce_options(_newest()).orientation(looks.VizOrientation.HORIZONTAL)
    return made.color_scheme(_by_threshold()).display_mode(looks.BarGaugeDisplayMode.BASIC)


def _lines(panel: Panel) -> Any:
    legend = common.VizLegendOptions().show_legend(True).placement(looks.LegendPlacement.BOTTOM)
    legend = legend.display_mode(looks.LegendDisplayMode.LIST).calcs(["lastNotNull", "max"])
    drawn = looks.GraphTresholdsStyleMode.DASHED if panel.limits else looks.GraphTresholdsStyleMode.OFF
    return (
        timeseries.Panel()
        .legend(legend)
        .tooltip(common.VizTooltipOptions().mode(looks.TooltipDisplayMode.MULTI))
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(drawn))
        .color_scheme(dashboards.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC))
        .line_width(1)
        .fill_opacity(10)
        .show_points(looks.VisibilityMode.NEVER)
    )


def _heat(panel: Panel) -> Any:
    color = heatmap.HeatmapColorOptions().mode(heats.HeatmapColorMode.SCHEME).scheme("Oranges").steps(32)
    return heatmap.Panel().color(color).y_axis(heatmap.YAxisConfig().unit(panel.unit)).cell_gap(1)


def _table(_panel: Panel) -> Any:
    hidden = models.DataTransformerConfig(id_val="organize", options={"excludeByName": {"Time": True}})
    return tables.Panel().show_header(True).with_transformation(hidden)


_SHAPES: Final = {
    Shape.NUMBER: _number,
    Shape.BARS: _bars,
    Shape.LINES: _lines,
    Shape.HEAT: _heat,
    Shape.TABLE: _table,
}


def _others() -> Any:
    link = dashboards.DashboardLink("The other dashboards").type(models.DashboardLinkType.DASHBOARDS)
    return link.tags([TAG]).as_dropdown(True).keep_time(True)


def _source() -> Any:
    return dashboards.DatasourceVariable("source").label("Prometheus").type("prometheus")


def _runbooks(address: str) -> Any:
    chosen = models.VariableOption(text=address, value=address, selected=True)
    made = dashboards.TextBoxVariable("runbooks").label("Runbook").default_value(address).current(chosen)
    return made.hide(models.VariableHide.HIDE_VARIABLE)


def _choice(choice: Choice) -> Any:
    if choice.read:
        everything = models.VariableOption(text="All", value="$__all", selected=True)
        read = dashboards.QueryVariable(choice.name).label(choice.label).query(choice.read).datasource(SOURCE)
        read = read.refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(
            models.VariableSort.ALPHABETICAL_ASC
        )
        return read.multi(True).include_all(True).all_value(".*").current(everything)
    options = [
        models.VariableOption(text=value, value=value, selected=value in choice.chosen)
        for value in choice.values
    ]
    chosen = models.VariableOption(text=list(choice.chosen), value=list(choice.chosen), selected=True)
    made = dashboards.CustomVariable(choice.name).label(choice.label).values(",".join(choice.values))
    return made.multi(True).options(options).current(chosen)
