"""Checkpoints, norms, scores and hyperparameters of a synthetic published folder."""

from typing import Any

import numpy as np
import pandas as pd

from tests.published_fixture import (
    EJCONN_VERSION,
    EJSEG_VERSION,
    ITERATIONS,
    SPLIT,
    PublishedFixture,
    made_folder,
)


def write_metrics(made: PublishedFixture) -> None:
    """Write the scores of trained members and of their maps."""
    names = ("Accuracy", "F1_Score", "IoU", "Precision", "Recall")
    runs = pd.DataFrame({"test-set": SPLIT, "iteration": range(ITERATIONS)})
    scores = {name: [0.5 + 0.01 * one for one in range(ITERATIONS)] for name in names}
    for part, version in (("conn", EJCONN_VERSION), ("ejc", EJSEG_VERSION)):
        folder = made_folder(made.results / f"{part}_results" / f"version_{version}")
        trained = runs.assign(loss=0.3, **scores, epochs_run=7, runtime=61.5, gpu_name="Tesla P40")
        trained.to_csv(folder / "test_metrics.csv", index=False)
    starts = ("", "conn_", "test_", "conn_test_")
    evaluated = {f"{start}{name}": scores[name] for start in starts for name in names}
    runs.assign(**evaluated).to_csv(folder / "eval_metrics.csv", index=False)
    matrix = pd.DataFrame(3, index=list(made.rectangles), columns=[0, 3, 12])
    name = f"connmatrix_ejc-version-{EJSEG_VERSION}_test-set{SPLIT}.csv"
    matrix.to_csv(made.results / "conn_results" / f"version_{EJCONN_VERSION}" / name)


def write_hyperparameters(made: PublishedFixture) -> None:
    """Write the tables that come with the published code, one version each."""
    folder = made_folder(made.folder / "code")
    shared: dict[str, Any] = {
        "img_augment": False,
        "norm_from_train": True,
        "val_frac": 0.1,
        "val_metric": "F1_Score",
        "max_epochs": 200,
        "early_stop_patience": 20,
        "version_run": True,
        "test-set": f"[{SPLIT}]",
        "trainings_per_test": ITERATIONS,
    }
    ejconn = shared | {
        "norm_from_train": False,
        "connection_weights": False,
        "distance_weights": False,
        "model_name": "test_efficientnet",
        "pretrained": False,
        "batch_size": 64,
        "loss": "focal",
        "LS_focal_alpha": 0.1,
        "lr": 0.0001,
        "scheduler": "CosineAnnealingWarmRestarts",
        "LR_StepLR_step_size": 10,
        "LR_StepLR_gamma": 0.9,
        "LR_CosineAnnealingWarmRestarts_T_0": 10,
        "optimizer": "Adam",
        "OPT_AdamW_weight_decay": None,
        "iter_threshold": 0.5,
        "eval_ejc_version": None,
    }
    ejseg = shared | {
        "buffer_bounds": "(2,5)",
        "distance_mode": "absolute",
        "log_dist": True,
        "num_1_factor": None,
        "num_1_point95": 10,
        "model_name": "Unet++",
        "accept_midinput": True,
        "MDL_Unet++_decoder_attention_type": None,
        "MDL_Unet++_encoder_name": "tu-test_efficientnet",
        "batch_size": 4,
        "loss": "dice",
        "LS_focal_alpha": None,
        "lr": 0.001,
        "scheduler": "StepLR",
        "LR_StepLR_step_size": 5,
        "LR_StepLR_gamma": 0.5,
        "LR_CosineAnnealingWarmRestarts_T_0": None,
        "LR_Warmup_milestone": None,
        "LR_CosineAnnealingLR_T_max": None,
        "LR_CosineAnnealingLR_eta_min": None,
        "optimizer": "AdamW",
        "OPT_AdamW_weight_decay": 0.5,
        "eval_conn_version": EJCONN_VERSION,
    }
    for name, version, row in (
        ("connection", EJCONN_VERSION, ejconn),
        ("ejecta", EJSEG_VERSION, ejseg),
    ):
        table = pd.DataFrame([row], index=[version])
        table.to_csv(folder / f"{name}_version_hparams.csv", index_label="version")


def write_models(made: PublishedFixture) -> None:
    """Write checkpoints with the published keys, two members each, and norms."""
    import segmentation_models_pytorch as smp  # noqa: PLC0415 - only where models are wanted
    import timm  # noqa: PLC0415 - the same
    import torch  # noqa: PLC0415 - the same

    folders = {
        kind: made.results / f"{kind}_results" / f"version_{version}"
        for kind, version in (("conn", EJCONN_VERSION), ("ejc", EJSEG_VERSION))
    }
    for iteration in range(ITERATIONS):
        torch.manual_seed(iteration)
        sizes = torch.nn.Module()
        sizes.full_model = timm.create_model("test_efficientnet", in_chans=4, num_classes=1)
        maps = torch.nn.Module()
        parts: Any = smp.UnetPlusPlus(
            encoder_name="tu-test_efficientnet", encoder_weights=None, in_channels=4, classes=1
        )
        maps.encoder, maps.decoder, maps.head = (
            parts.encoder,
            parts.decoder,
            parts.segmentation_head,
        )
        maps.injector = torch.nn.Module()
        stages = parts.encoder.out_channels[1:]
        maps.injector.linears = torch.nn.ModuleList(torch.nn.Linear(4, one) for one in stages)
        for kind, model in (("conn", sizes), ("ejc", maps)):
            end = f"test-set-{SPLIT}_iteration-{iteration}.ckpt"
            state = {f"model.{name}": value for name, value in model.state_dict().items()}
            torch.save(
                {
                    "epoch": 7,
                    "global_step": 70,
                    "pytorch-lightning_version": "2.5.0",
                    "state_dict": state,
                    "hparams_name": "kwargs",
                    # As published: the whole network is pickled beside its weights.
                    "hyper_parameters": {"model": model, "loss": "dice", "lr": 0.001},
                },
                folders[kind] / f"best-checkpoint_{end}",
            )
    norms = {
        "conn": [[0.0, 0.0, 0.0, 0.0], [255.0, 255.0, 255.0, 2.0]],
        "ejc": [[110.0, 120.0, 130.0, 5.9], [30.0, 31.0, 32.0, 0.4]],
    }
    for kind, norm in norms.items():
        np.save(folders[kind] / f"best-norm_test-set-{SPLIT}.npy", np.array(norm))
