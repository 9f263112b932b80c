"""`flask territories import --zonages`: what an operator reads."""

import pytest
from sqlalchemy import func, select

from marketplace.app import create_app
from marketplace.territories.models import TerritoryZonage

TABLE = "CODGEO,BV2022\n86194,86194\n99999,86194\n"


@pytest.fixture
def run(app, committed):
    """Run the command on a database of its own."""
    made = create_app(app.extensions["mitoyen"].config, database=committed, gateway=app.extensions["mitoyen"].gateway)

    def one(*arguments):
        return made.test_cli_runner().invoke(args=["territories", "import", *arguments])

    return one


@pytest.mark.clean
def test_a_table_is_loaded_once_and_a_wrong_one_is_refused(run, committed, tmp_path):
    good, bad = tmp_path / "areas.csv", tmp_path / "bad.csv"
    good.write_text(TABLE, encoding="utf-8")
    bad.write_text("a,b\n1,2\n", encoding="utf-8")

    dry, first, again = (
        run("--zonages", str(good), "--dry-run"),
        run("--zonages", str(good)),
        run("--zonages", str(good)),
    )
    wrong = run("--zonages", str(bad))
    missing = run("--zonages", str(tmp_path / "nowhere.csv"))

    assert [answer.exit_code for answer in (dry, first, again, wrong, missing)] == [0, 0, 0, 1, 2]
    assert "zonages: would import" in dry.output
    assert "bassin_de_vie (BV2022): 1 units, 1 communes, 34968 communes of today have none" in first.output
    assert "1 codes are no commune's: 99999" in first.output
    assert "zonages: already imported, nothing to do" in again.output
    assert f"Error: {bad}: no header with CODGEO" in wrong.output
    with committed.reading() as session:
        assert session.scalar(select(func.count()).select_from(TerritoryZonage)) == 1
