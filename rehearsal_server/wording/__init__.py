"""What was said against what is written: alignment, miscues, accuracy, trouble spots.

- `forms`: written and heard words as sequences of plain ones, so that "I'm" is "I am".
- `numbers`: figures as they are read aloud.
- `alignment`: which heard word is which written one.
- `miscues`: what became of each written word, and what was said besides.
- `accuracy`: verbatim and gist scores of a take.
- `trouble_spots`: stretches of lines that go wrong take after take.
"""
