"""The executable `target-databricks-uc`."""

from singer_kit.cli import main_for

from target_databricks_uc.target import TargetDatabricksUc

main = main_for(TargetDatabricksUc)

if __name__ == "__main__":
    main()
