#!/bin/sh
# Called by `make demo`: builds the sample corpus and searches it.
set -eu
index=.demo-index
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}
run searchidx build corpus/ --index "$index"
run searchidx search self-supervised depth --index "$index" -n 3 --facets
run searchidx search contrastive learning --has-code --dataset ImageNet --index "$index" -n 3
cat <<EOF

The sample index is in $index. To go on:
  . .venv/bin/activate
  export SEARCHIDX_INDEX=$index
  searchidx search '"knowledge distillation" -vision' --explain
  searchidx facets --has-code
  searchidx search --metric 'accuracy>=80' --json
  searchidx build YOUR-PAPERS.jsonl --index my.index
EOF
