package seed

// department is a root of the category tree: its groups are categories, and
// below each of them lies one category for each range.
type department struct {
	name   string
	groups []group
	// cyrillic departments have their words from the Cyrillic lists.
	cyrillic bool
}

// group is a kind of goods, of which a product's name has the singular.
type group struct{ plural, singular string }

// Ten departments of six groups and ten ranges make 600 leaves. One department
// in ten is Cyrillic: sorting, searching and case folding must take more than
// ASCII. Its nouns are all masculine, so that every adjective agrees with them.
var departments = []department{
	{name: "Kitchen", groups: []group{
		{"Kettles", "Kettle"},
		{"Frying Pans", "Frying Pan"},
		{"Knives", "Knife"},
		{"Toasters", "Toaster"},
		{"Crêpe Makers", "Crêpe Maker"},
		{"Storage Jars", "Storage Jar"},
	}},
	{name: "Garden", groups: []group{
		{"Spades", "Spade"},
		{"Hoses", "Hose"},
		{"Lawn Mowers", "Lawn Mower"},
		{"Planters", "Planter"},
		{"Secateurs", "Secateurs"},
		{"Bird Baths", "Bird Bath"},
	}},
	{name: "Furniture", groups: []group{
		{"Desks", "Desk"},
		{"Chairs", "Chair"},
		{"Bookcases", "Bookcase"},
		{"Chaises Longues", "Chaise Longue"},
		{"Side Tables", "Side Table"},
		{"Wardrobes", "Wardrobe"},
	}},
	{name: "Electronics", groups: []group{
		{"Monitors", `Monitor 27"`},
		{"Headphones", "Headphones"},
		{"Keyboards", "Keyboard"},
		{"Speakers", "Speaker"},
		{"Chargers", "Charger"},
		{"Webcams", "Webcam"},
	}},
	{name: "Clothing", groups: []group{
		{"Jackets", "Jacket"},
		{"Shirts", "Shirt"},
		{"Socks", "Socks (3 pairs)"},
		{"Appliqué Dresses", "Appliqué Dress"},
		{"Scarves", "Scarf"},
		{"Hats", "Hat"},
	}},
	{name: "Дом", cyrillic: true, groups: []group{
		{"Чайники", "чайник"},
		{"Столы", "стол"},
		{"Стулья", "стул"},
		{"Светильники", "светильник"},
		{"Шкафы", "шкаф"},
		{"Ковры", "ковёр"},
	}},
	{name: "Sports & Outdoors", groups: []group{
		{"Tents", "Tent"},
		{"Backpacks", "Backpack"},
		{"Bicycle Helmets", "Bicycle Helmet"},
		{"Sleeping Bags", "Sleeping Bag"},
		{"Water Bottles", "Water Bottle"},
		{"Yoga Mats", "Yoga Mat"},
	}},
	{name: "Toys", groups: []group{
		{"Building Blocks", "Building Blocks"},
		{"Puzzles", "Puzzle, 1,000 pieces"},
		{"Kites", "Kite"},
		{"Papier-mâché Kits", "Papier-mâché Kit"},
		{"Board Games", "Board Game"},
		{"Dolls", "Doll"},
	}},
	{name: "Office", groups: []group{
		{"Notebooks", "Notebook"},
		{"Pens", "Pen"},
		{"Staplers", "Stapler"},
		{"Desk Lamps", "Desk Lamp"},
		{"Filing Trays", "Filing Tray"},
		{"Whiteboards", "Whiteboard"},
	}},
	{name: "Bathroom", groups: []group{
		{"Towels", "Towel"},
		{"Mirrors", "Mirror"},
		{"Soap Dispensers", "Soap Dispenser"},
		{"Shower Heads", "Shower Head"},
		{"Laundry Baskets", "Laundry Basket"},
		{"Bath Mats", "Bath Mat"},
	}},
}

var (
	ranges         = []string{"Everyday", "Compact", "Professional", "Premium", "Travel", "Outdoor", "Classic", "Modern", "Family", "Budget"}
	cyrillicRanges = []string{"На каждый день", "Компактные", "Профессиональные", "Премиум", "Дорожные", "Садовые", "Классические", "Современные", "Семейные", "Недорогие"}

	adjectives = []string{
		"Lightweight", "Folding", "Sturdy", "Slim", "Quiet", "Handmade", "Waterproof", "Adjustable",
		"Reinforced", "Elegant", "Rustic", "Stackable", "Insulated", "Wireless", "Soft", "Décor",
	}
	cyrillicAdjectives = []string{"лёгкий", "складной", "прочный", "тонкий", "бесшумный", "удобный", "новый", "большой"}

	materials         = []string{"Steel", "Oak", "Bamboo", "Cotton", "Glass", "Aluminium", "Ceramic", "Linen", "Walnut", "Recycled Plastic"}
	cyrillicMaterials = []string{"сталь", "дуб", "бамбук", "хлопок", "стекло", "алюминий", "керамика", "лён", "орех", "пластик"}

	colours         = []string{"black", "white", "grey", "navy", "red", "green", "blue", "sand", "rosé", "yellow"}
	cyrillicColours = []string{"чёрный", "белый", "серый", "синий", "красный", "зелёный", "голубой", "бежевый", "розовый", "жёлтый"}

	sizes    = []string{"XS", "S", "M", "L", "XL", "30 × 40 cm", "60 cm", `12"`}
	origins  = []string{"Australia", "Vietnam", "Germany", "Türkiye", "Italy", "Japan"}
	warranty = []string{"1 year", "2 years", "5 years", "10 years"}
	series   = []string{"A", "B", "GT", "K", "LX", "Mk II ", "N", "Pro ", "R", "S", "T", "Z"}
)

// A brand's name is a beginning and an end: fifty times forty make 2,000.
var (
	brandBeginnings = []string{
		"Nord", "Lumi", "Vel", "Ark", "Kora", "Tal", "Bren", "Mira", "Os", "Fenn",
		"Hal", "Juno", "Pell", "Quil", "Rav", "Sol", "Tor", "Umbra", "Vant", "Wyn",
		"Zeph", "Alba", "Boro", "Caly", "Dorn", "Elm", "Fjor", "Gran", "Hesp", "Isol",
		"Kest", "Lark", "Mont", "Nim", "Orla", "Pavo", "Rill", "Stel", "Tarn", "Ulm",
		"Vor", "Wex", "Yar", "Zin", "Æther", "Brûl", "Çed", "Éto", "Jör", "Ør",
	}
	brandEnds = []string{
		"a", "o", "ix", "ane", "well", "haus", "mark", "ton", "field", "line",
		"works", "ware", "craft", "en", "is", "or", "um", "wood", "stone", "by",
		"berg", "dal", "ette", "ique", "ova", "sen", "land", "port", "ridge", "vale",
		" & Co", " & Söhne", " Studio", " Labs", " Home", " Goods", " Supply", " Frères", " Atelier", "’s",
	}
)

// The sentences of descriptions: the first says what it is, the others more.
var (
	firstSentences = []string{
		"Made for daily use and built to last.", "A favourite of ours, now in a new edition.",
		"Simple, solid and easy to clean.", "Designed in Melbourne; made with care.",
		"Everything you need, and nothing you don't.", `Reviewers called it "the best of its kind".`,
	}
	moreSentences = []string{
		"Ships within two days.", "Spare parts are available for ten years.", "Packed without plastic.",
		"Fits the other pieces of the series.", "Wipe with a damp cloth, and let it dry.", "Not suitable for children under 3 years.",
	}
	cyrillicFirstSentences = []string{"Сделано на каждый день и надолго.", "Простая и прочная вещь.", "Лёгкий уход, ничего лишнего."}
	cyrillicMoreSentences  = []string{"Отправка в течение двух дней.", "Упаковано без пластика.", "Подходит к другим вещам серии."}
)
