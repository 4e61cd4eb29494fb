"""The smallest models that the whole chain can be run with: configurations, as files."""

EJCONN = """
name: ejconn_test
architecture: {kind: timm_classifier, name: resnet10t, crop: {height_px: 32, width_px: 32}}
normalization: {kind: fixed}
loss: {kind: bce}
optimizer: {kind: adamw, learning_rate: 1.0e-3}
training: {batch_size: 16, max_steps: 2, validation_fraction: 0.2}
"""
POLAR = """
name: ejseg_test
architecture: {kind: polar_unet, base_channels: 4, depth: 1, view: {rows: 32, cols: 64}}
normalization: {kind: none}
loss: {kind: dice_bce}
optimizer: {kind: adamw, learning_rate: 1.0e-3}
training: {batch_size: 2, max_steps: 2, validation_fraction: 0.0}
"""
