#!/usr/bin/env bash
# Makes a virtual environment in which the real networks can be built: tests/real_networks/environment.sh FOLDER
# The libraries come without what they depend on: the CPU's torch is there, and the rest of it only serves training.
set -euo pipefail
cd "$(dirname "$0")/../.."
"${PYTHON:-python3}" -m venv "$1"
pip="$1/bin/pip"
"$pip" install --quiet --upgrade pip
"$pip" install --quiet torch==2.13.0 pillow huggingface_hub safetensors tqdm regex tokenizers pyyaml packaging
"$pip" install --quiet --no-deps torchvision==0.28.0 timm==1.0.31 segmentation_models_pytorch==0.6.0 transformers==5.23.0
"$pip" install --quiet -e .
