package measure

import (
	"fmt"
	"math"
	"slices"
)

// Median is the middle of some values; of an even number the upper one.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return math.NaN()
	}
	return sorted[len(sorted)/2]
}

// Quantile of values that are sorted, by the nearest rank.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	return sorted[min(len(sorted)-1, max(0, int(math.Ceil(q*float64(len(sorted))))-1))]
}

// Spread is the median of some values, with the least and the most.
func Spread(values []float64, decimals int) string {
	return fmt.Sprintf("%.*f (%.*f–%.*f)", decimals, Median(values), decimals, slices.Min(values), decimals, slices.Max(values))
}

// Ratios are those of values to others of the same rounds.
func Ratios(of, to []float64) []float64 {
	ratios := make([]float64, min(len(of), len(to)))
	for i := range ratios {
		ratios[i] = of[i] / to[i]
	}
	return ratios
}

// Thousands writes a whole number with its commas.
func Thousands(v float64) string {
	text := fmt.Sprintf("%.0f", v)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// SpreadThousands is Spread of whole numbers with their commas.
func SpreadThousands(values []float64) string {
	return fmt.Sprintf("%s (%s–%s)", Thousands(Median(values)), Thousands(slices.Min(values)), Thousands(slices.Max(values)))
}
