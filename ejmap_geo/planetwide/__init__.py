"""The planet as a whole: contested ground, shares by place, chance, counting areas."""
