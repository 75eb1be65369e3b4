from click.testing import CliRunner
from sqlalchemy import Engine, text

from sludgetrack.cli import main
from sludgetrack.cli.common import Session
from tests.support.city import City


def test_a_lost_sum_is_back_and_the_counts_are_told(city: City, engine: Engine) -> None:
    city.delivered()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM month_sum"))

    result = CliRunner().invoke(main, ["rebuild-projections"], obj=Session(engine=engine))

    assert (result.exit_code, result.stdout) == (0, "")
    assert "manifests: 1" in result.stderr
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM month_sum")).scalar_one() > 0
