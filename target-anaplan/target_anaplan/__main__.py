"""Command line: `target-anaplan`."""

from singer_kit.cli import main_for

from target_anaplan.target import TargetAnaplan

main = main_for(TargetAnaplan)

if __name__ == "__main__":
    main()
