# One image with all that Mailroom needs; the workspace is the volume.
#
#   docker build --tag mailroom .
#   docker run --rm --volume mailroom:/workspace mailroom init /workspace
#   docker run --detach --init --volume mailroom:/workspace mailroom

FROM python:3.12-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/mailroom
ENV PATH=/opt/mailroom/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock ./
RUN pip install --no-deps --require-hashes --only-binary :all: --requirement requirements.lock
COPY . ./
RUN pip install --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tesseract-ocr libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home mailroom \
    && install --directory --owner mailroom --group mailroom --mode 0700 /workspace
COPY --from=build /opt/mailroom /opt/mailroom
ENV PATH=/opt/mailroom/bin:$PATH \
    MAILROOM_WORKSPACE=/workspace \
    OMP_THREAD_LIMIT=1 \
    PYTHONUNBUFFERED=1
USER mailroom
WORKDIR /workspace
VOLUME /workspace
HEALTHCHECK --interval=1m --timeout=30s --start-period=60s CMD ["mailroom", "doctor", "--quick"]
ENTRYPOINT ["mailroom"]
CMD ["watch"]
