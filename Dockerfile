# Two stages: the first installs from the lock, the second holds only what runs.
FROM python:3.11-slim AS build
WORKDIR /app
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY rehearsal_server rehearsal_server
COPY dsp dsp
COPY models models
COPY storage storage
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /var/lib/rehearsal rehearsal
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    REHEARSAL_HOST=0.0.0.0 \
    REHEARSAL_PORT=8000 \
    REHEARSAL_DATA_DIR=/var/lib/rehearsal/data
USER rehearsal
WORKDIR /var/lib/rehearsal
VOLUME /var/lib/rehearsal
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
# SIGTERM: no new sessions, the running ones are saved, then the process ends.
STOPSIGNAL SIGTERM
CMD ["rehearsal-server", "serve"]
