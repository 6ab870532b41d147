"""How well a known text was pronounced, word by word and phone by phone.

- `word_graph`: the text's words as phones in their states.
- `linking`: what natural speech does to words in a row, so that it is no error.
- `alignment`: when each phone was said.
- `goodness`: how well each phone fits, by the acoustic model that follows the actor as well.
- `scores`: accuracy, fluency, completeness and prosody from 0 to 100, with their formulae.
- `assessment`: samples and text in, all of that out.
"""
