from tests.guards.test_access import *  # noqa
def test_count(walk):
    for endpoint in TABLE:
        list(walk.faults(endpoint))
    print("PROBES", walk.probes, "ENDPOINTS", len(TABLE))
