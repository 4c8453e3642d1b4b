from deploy.dockerfile_steps import BASE, ROOT, context, instructions

STEPS = list(instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")))


def of(keyword: str) -> list[str]:
    return [rest for found, rest in STEPS if found == keyword]


def test_the_image_runs_as_its_own_user_from_a_small_base():
    assert all(BASE.fullmatch(base.partition(" AS ")[0]) for base in of("FROM"))
    assert of("USER") == ["msa"]
    last_stage = [keyword for keyword, _ in STEPS][::-1].index("FROM")
    assert any(keyword == "USER" for keyword, _ in STEPS[-last_stage:])


def test_everything_that_is_installed_is_locked_by_hash():
    for step in of("RUN"):
        for command in step.split("&&"):
            if "pip install" in command:
                assert "--require-hashes" in command or "--no-index" in command


def test_the_build_is_given_what_the_wheel_is_made_of_and_nothing_private():
    given = {str(path) for path in context()}
    assert {"pyproject.toml", "README.md", "LICENSE", "hatch_build.py", "schemas/export.py"} <= given
    assert {f"deploy/{name}.py" for name in ("geodata", "map_data", "place_names")} <= given
    assert {"dispatch/console/package-lock.json", "gateway/samples/registrations.jsonl"} <= given
    assert not any(name.startswith(("tests/", ".git/", ".venv/", ".msa/", "docs/")) for name in given)
