"""An English acoustic model and what it needs: how well 10 ms of speech fit each piece of a phone.

The parameters are those of CMU Sphinx's en-us model (BSD-2), read from pocketsphinx's wheel; its
decoder is not used, so that one model and one matrix product serve all sessions of a process.

- `front_end`: samples to cepstra (MFCC with deltas), for many streams at once.
- `acoustic_model`: the phones, their senones (pieces of phones in context) and Gaussians.
- `scoring`: log-likelihoods of any set of senones for a batch of frames.
- `dictionary`: how words are pronounced; `spelling` and `phone_set` help with those not in it.

Use::

    model = open_acoustic_model()           # raises ModelAbsent
    front_end = FrontEnd(capacity=1)
    scorer = SenoneScorer(model, senones)   # or model.context_independent_senones
    features = front_end.step(slots, hops)  # (n, 2, 39), 100 frames a second
    scores = scorer.score(subtract_mean(features, mean).reshape(-1, 39))
"""
