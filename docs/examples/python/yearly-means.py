#!/usr/bin/env python3
"""Yearly means of daily temperatures: a CSV table with the columns date (YYYY-MM-DD) and temperature (°C)."""
import csv
import json
import os
import sys

with open(os.environ["OGC_INPUTS"], encoding="utf-8") as file:
    inputs = json.load(file)

# A file input is a path.
years = {}
with open(inputs["temperatures"], encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        # A day without a measurement has no temperature.
        if row["temperature"]:
            years.setdefault(row["date"][:4], []).append(float(row["temperature"]))

complete = {year: values for year, values in sorted(years.items()) if len(values) >= inputs["minimumDays"]}
if not complete:
    sys.exit(f"No year has {inputs['minimumDays']} measured days")
print(f"::progress 50 Read {len(years)} years", flush=True)

means = {year: round(sum(values) / len(values), 3) for year, values in complete.items()}

# The working directory is the outputs folder: a value goes to outputs.json, a file lies under the output's name.
with open("outputs.json", "w", encoding="utf-8") as file:
    json.dump({"means": means}, file)
with open("table.csv", "w", encoding="utf-8") as file:
    file.write("year,days,mean\n")
    file.writelines(f"{year},{len(complete[year])},{mean}\n" for year, mean in means.items())
