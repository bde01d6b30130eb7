// Package catalog is the domain of the product catalog: products, categories,
// money, queries over them, and the store that they need. It knows neither
// HTTP nor SQL; package rest and package postgres adapt it to those.
package catalog
