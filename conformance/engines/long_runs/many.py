"""Many short containers and execs."""
import concurrent.futures

from suite.checks import check, expect

RUNS, EXECS, AT_ONCE = 500, 2000, 8


def run_one(engine, number):
    result = engine.run("--", "sh", "-c", f"echo {number}; exit {number % 7}", check=False)
    return result.code, result.output


def exec_one(engine, container, number):
    result = engine.exec(container, "--", "sh", "-c", f"echo {number}; exit {number % 7}", check=False)
    return result.code, result.output


def expect_all(found):
    wrong = [(number, got) for number, got in enumerate(found) if got != (number % 7, f"{number}\n")]
    expect(wrong, [], "runs with another exit code or output")


@check
def five_hundred_runs_in_a_row(engine):
    expect_all([run_one(engine, number) for number in range(RUNS)])


@check
def five_hundred_runs_eight_at_once(engine):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        expect_all(list(pool.map(lambda number: run_one(engine, number), range(RUNS))))


@check
def two_thousand_execs_sixteen_at_once(engine):
    container = engine.sleeper()
    with concurrent.futures.ThreadPoolExecutor(2 * AT_ONCE) as pool:
        expect_all(list(pool.map(lambda number: exec_one(engine, container, number), range(EXECS))))
