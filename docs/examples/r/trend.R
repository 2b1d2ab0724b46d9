#!/usr/bin/env Rscript
# Usage: trend FILE CONFIDENCE
# Linear trend of a CSV table with the columns year and value, with its confidence interval.
arguments <- commandArgs(trailingOnly = TRUE)
series <- read.csv(arguments[1])
confidence <- as.numeric(arguments[2])
if (sum(complete.cases(series)) < 3) stop("A trend needs three years with a value")

cat("::progress 50 Fitting", nrow(series), "years\n")
fit <- lm(value ~ year, series)
interval <- confint(fit, "year", level = confidence)

# The working directory is the outputs folder: a file <output>.json is the value of that output.
cat(sprintf('{"slope": %.10g, "low": %.10g, "high": %.10g}\n', coef(fit)[["year"]], interval[1], interval[2]), file = "trend.json")
write.csv(data.frame(year = series$year, residual = series$value - predict(fit, series)), "residuals.csv", row.names = FALSE)
