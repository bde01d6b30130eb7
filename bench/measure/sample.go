package measure

import (
	"net/url"

	"catalog/contract"
)

// ProductsPath is where the products are.
const ProductsPath = contract.APIBase + "/products"

// Sample pages through the catalog's beginning and answers paths: those of so
// many pages of 100 products, and lists of 20 of the categories they are in.
func Sample(s *Process, pages int) (products, lists []string, err error) {
	next, seen := "", map[string]bool{}
	for range pages {
		var page struct {
			Items []struct {
				ID       string  `json:"id"`
				Category *string `json:"category"`
			} `json:"items"`
			NextCursor *string `json:"next_cursor"`
		}
		if err := s.GetJSON(ProductsPath+"?fields=category&limit=100"+next, &page); err != nil {
			return nil, nil, err
		}
		for _, item := range page.Items {
			products = append(products, ProductsPath+"/"+item.ID)
			if c := item.Category; c != nil && !seen[*c] {
				seen[*c] = true
				lists = append(lists, ProductsPath+"?limit=20&category="+url.QueryEscape(*c))
			}
		}
		if page.NextCursor == nil {
			break
		}
		next = "&cursor=" + *page.NextCursor
	}
	return products, lists, nil
}
