#!/usr/bin/env bash
# Makes the recordings of caller.txt and agent.txt with espeak-ng and sox: 12 kHz mono mu-law WAV, 12 kB a second.
# Run once, by hand, when a sentence was added; the results are checked in so that nobody needs either tool.
set -eu
cd "$(dirname "$0")"
speak() { # folder voice pitch speed
  while IFS='|' read -r name text; do
    [ -n "$name" ] || continue
    espeak-ng -v "$2" -p "$3" -s "$4" --stdout "$text" |
      sox -t wav - -r 12000 -c 1 -e mu-law -b 8 "$1/$name.wav" gain -n -5 silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse
  done < "$1.txt"
}
speak caller en-gb+m3 38 165
speak agent en-us+f3 62 172
