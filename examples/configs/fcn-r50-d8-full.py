# The same network with the full rate in every block: its layers no longer read what a trained ResNet-50's read.
_base_ = "fcn-r50-d8.py"
model = dict(backbone=dict(contract_dilation=False))
