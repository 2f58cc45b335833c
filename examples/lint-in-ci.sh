#!/bin/sh
# A step for CI: fails when somebody makes a schedule that leaves pixels unread. Exit code 1 means findings,
# 2 that something could not be read. The first two are sound; the third is what the step is there to catch.
rfscope lint 1,2,5 "$(dirname "$0")/context-module.toml" --output-format concise || exit
rfscope lint 2,4,8 --output-format concise --fail-level error
