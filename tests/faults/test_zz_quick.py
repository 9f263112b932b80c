import time
from dataclasses import replace
import pytest, os
from tests.faults import life
@pytest.mark.untimed
def test_quick(engine, site):
    config = replace(site.extensions["mitoyen"].config, stripe_rate=1_000.0)
    a,b=map(int,os.environ.get("SEEDS","0,30").split(","))
    with engine.connect() as connection, life.village_on(connection, config) as village:
        t=time.time(); bad={}; states={}
        for seed in range(a,b):
            s=life.Schedule(village, seed)
            f=s.run()
            if f: bad[seed]=f; print(seed,f)
        print("PER", (time.time()-t)/(b-a), len(bad))
