package measure

import (
	"net/url"
	"strings"

	"catalog/contract"
)

// ProductsPath is where the products are.
const ProductsPath = contract.APIBase + "/products"

// Sampled are paths that the catalog answers.
type Sampled struct {
	// Products are of the catalog's beginning, Lists of 20 of the categories that
	// they are in, Searches for the first two words of names.
	Products, Lists, Searches []string
}

// Sample reads so many pages of 100 products.
func Sample(s *Process, pages int) (all Sampled, err error) {
	next, seen := "", map[string]bool{}
	once := func(paths *[]string, path string) {
		if !seen[path] {
			seen[path] = true
			*paths = append(*paths, path)
		}
	}
	for range pages {
		var page struct {
			Items []struct {
				ID       string  `json:"id"`
				Name     string  `json:"name"`
				Category *string `json:"category"`
			} `json:"items"`
			NextCursor *string `json:"next_cursor"`
		}
		if err := s.GetJSON(ProductsPath+"?fields=category,name&limit=100"+next, &page); err != nil {
			return all, err
		}
		for _, item := range page.Items {
			all.Products = append(all.Products, ProductsPath+"/"+item.ID)
			if item.Category != nil {
				once(&all.Lists, ProductsPath+"?limit=20&category="+url.QueryEscape(*item.Category))
			}
			words := strings.Fields(item.Name)
			once(&all.Searches, ProductsPath+"?limit=20&q="+url.QueryEscape(strings.Join(words[:min(2, len(words))], " ")))
		}
		if page.NextCursor == nil {
			break
		}
		next = "&cursor=" + *page.NextCursor
	}
	return all, nil
}

// Most is at most so many paths of a kind.
func Most(paths []string, n int) []string { return paths[:min(n, len(paths))] }
